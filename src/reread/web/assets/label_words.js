// What the labelling page says, in English or Chinese.

import { language } from "./language.js";
import { SAY as WORDS } from "./words.js";

const ENGLISH = {
  language: "en",
  title: "Label texts",
  text: "The text",
  classes: "Classes",
  skip: "Skip",
  undo: "Undo",
  again: "Try again",
  soFar: "So far",
  linear: "The linear member",
  self: "You and yourself",
  done: "Every text has a label",
  train: "Press Ctrl-C where you started this page: it says how to train on the labels.",
  random: "drawn at random",
  unsure: "the linear member is least sure here",
  skipped: "you skipped it",
  undone: "you took its label back",
  row: (row) => `Row ${row}`,
  progress: (labelled, texts, skipped) => `${labelled} of ${texts} labelled` + (skipped === "0" ? "" : `, ${skipped} skipped`),
  cut: (shown, all) => `The first ${shown} of ${all} characters.`,
  says: (answer, chance) => `The linear member says ${answer}` + (chance === "" ? "." : `, ${chance}.`),
  none: "no label",
  listed: ", ",
  kept: (file, row, answer) => `Kept in ${file}: row ${row}, ${answer}`,
  opinion: (answer) => `; the linear member would have said ${answer}`,
  stop: ".",
  same: (row, answer) => `Asked again: row ${row}, ${answer}, as before.`,
  other: (row, answer, before, file) => `Asked again: row ${row}, ${answer}; before it was ${before}, which stays in ${file}.`,
  rest: (others, without) => `And ${others} others. Without a label so far: ${without}.`,
  gain: ({ sentence }) => sentence,
  foretoldBy: (labels) => `Foretold by the linear member's learning curve on ${labels} labels; the interval is meant to hold in 8 cases of 10.`,
  foretellsLater: "What 100 more labels would bring is said after 50 labels or so.",
  foretellsNot: "What more texts with several labels would bring cannot be foretold yet.",
  notForetold: (why) => `What more labels would bring is not foretold: ${why}.`,
  waits: "It learns as soon as there are two different labels.",
  learned: (learned, labelled) => `It has learned ${learned} of ${labelled} labels.`,
  troubled: (why) => `It does not learn: ${why}. All texts are drawn at random.`,
  unknown: "How often it is right is said after ten random texts that it has answered.",
  right: (right, of, share) => `It answered ${right} of the last ${of} random texts as you did, before it had learned them: ${share}`,
  away: (of, mean) => `On the last ${of} random texts it was ${mean} away from you in the mean, before it had learned them`,
  twice: (of) => `Of the texts drawn at random, ${of === 1 ? "one was" : `${of} were`} asked again after a while. `,
  consistent: (right, of, share) => `You answered ${right} of ${of} as before: ${share}`,
  apart: (mean) => `Your two numbers are ${mean} apart in the mean`,
  interval: (low, high) => ` (95\u00A0% interval: ${low} to ${high}).`,
  model: "A model",
  trainNeeds: "Training needs an extra that is not installed:",
  trainGo: "Train on the labels so far",
  trainCancel: "Cancel",
  trainReport: "Report",
  trainServe: "To serve it:",
  trainUse: "Answer with it: in the tab Train",
  trains: {
    running: (name, stage) => `${name}: ${stage}. You can go on labelling.`,
    done: (name, _, seconds) => `${name} is ready, after ${seconds} s.`,
    failed: (name) => `The training of ${name} failed.`,
    cancelled: (name) => `The training of ${name} was cancelled.`,
  },
  trainLeft: (seconds) => `at most ${seconds} s more`,
  trainFailed: (why) => `${why[0].toUpperCase()}${why.slice(1)}.`,
  heldOut: "On the texts held out",
  find: "Find a class",
  found: (count) => (count === 1 ? "1 class" : `${count} classes`),
  give: (count) => (count === 0 ? "None of them" : count === 1 ? "Give this one" : `Give these ${count}`),
  range: (low, high) => `A number from ${low} to ${high}`,
  wrong: (low, high) => `Type a number from ${low} to ${high}.`,
  giveNumber: "Give it",
  gone: "The server cannot be reached.",
  asks: "It is asked again.",
  unconfirmed: "Your last key is not confirmed as kept; it is sent again until it is. All that was kept is in the file.",
  notKept: (why) => `Not kept: ${why}.`,
  failed: "this page failed; load it again",
  home: "All labellings",
  now: (why) => `${why[0].toUpperCase()}${why.slice(1)}. Below is what is asked now.`,
};

const rounded = (value) => String(Number(value.toPrecision(2)));
const lowered = (name) => (value, low, high) => `${name}预计降低约 ${rounded(value)}（${rounded(low)} 至 ${rounded(high)}）`;

/** A gain in the figure of a task, in Chinese: in points, in its own unit, or as a number up to 1. */
const GAINS = {
  accuracy: (...gain) => {
    const [value, low, high] = gain.map((each) => (100 * each).toFixed(1));
    return `准确率预计提高约 ${value} 个百分点（${low} 至 ${high}）`;
  },
  quadratic_kappa: (...gain) => {
    const [value, low, high] = gain.map((each) => each.toFixed(3));
    return `二次加权 kappa 预计提高约 ${value}（${low} 至 ${high}）`;
  },
  rmse: lowered("均方根误差"),
};

const CHINESE = {
  language: "zh-Hans",
  title: "标注文本",
  text: "文本",
  classes: "类别",
  skip: "跳过",
  undo: "撤销",
  again: "重试",
  soFar: "目前",
  linear: "线性模型",
  self: "您与自己",
  done: "所有文本都已标注",
  train: "请在启动本页面的地方按 Ctrl-C：那里会告诉您如何用这些标签训练。",
  random: "随机抽取",
  unsure: "线性模型对此最没有把握",
  skipped: "您曾跳过",
  undone: "您撤销了它的标签",
  row: (row) => `第 ${row} 行`,
  progress: (labelled, texts, skipped) => `已标注 ${labelled} / ${texts}` + (skipped === "0" ? "" : `，跳过 ${skipped}`),
  cut: (shown, all) => `共 ${all} 个字符，显示前 ${shown} 个。`,
  says: (answer, chance) => `线性模型的答案：${answer}` + (chance === "" ? "。" : `，${chance}。`),
  none: "无标签",
  listed: "、",
  kept: (file, row, answer) => `已存入 ${file}：第 ${row} 行，${answer}`,
  opinion: (answer) => `；线性模型本会回答：${answer}`,
  stop: "。",
  same: (row, answer) => `再次提问：第 ${row} 行，${answer}，与之前相同。`,
  other: (row, answer, before, file) => `再次提问：第 ${row} 行，${answer}；之前是 ${before}，${file} 中保留之前的。`,
  rest: (others, without) => `另有 ${others} 个。尚无标签的：${without} 个。`,
  gain: ({ labels, metric, value, low, high }) => `再标注 ${labels} 个文本，${GAINS[metric](value, low, high)}。`,
  foretoldBy: (labels) => `根据线性模型在 ${labels} 个标签上的学习曲线预测；该区间力求在 10 次中有 8 次包含实际结果。`,
  foretellsLater: "大约有 50 个标签之后，这里会预测再标注 100 个文本的效果。",
  foretellsNot: "一个文本有多个标签时，尚不能预测再标注一些文本的效果。",
  notForetold: (why) => `未预测再标注一些文本的效果：${why}。`,
  waits: "有了两个不同的标签，它就开始学习。",
  learned: (learned, labelled) => `它已学习 ${labelled} 个标签中的 ${learned} 个。`,
  troubled: (why) => `它没有学习：${why}。所有文本随机抽取。`,
  unknown: "它回答过十个随机文本之后，这里会显示它的正确率。",
  right: (right, of, share) => `最近 ${of} 个随机文本中，它在学习标签之前有 ${right} 个与您的答案相同：${share}`,
  away: (of, mean) => `最近 ${of} 个随机文本中，它在学习标签之前与您平均相差 ${mean}`,
  twice: (of) => `随机抽取的文本中，有 ${of} 个在一段时间后再次提问。`,
  consistent: (right, of, share) => `${of} 个中有 ${right} 个您的答案与之前相同：${share}`,
  apart: (mean) => `您的两次答案平均相差 ${mean}`,
  interval: (low, high) => `（95% 区间：${low} 至 ${high}）。`,
  model: "模型",
  trainNeeds: "训练需要安装可选依赖：",
  trainGo: "用目前的标签训练",
  trainCancel: "取消",
  trainReport: "报告",
  trainServe: "提供服务：",
  trainUse: "让它回答：前往“训练”标签页",
  trains: {
    running: (name, stage) => `${name}：${stage}。您可以继续标注。`,
    done: (name, _, seconds) => `${name} 已训练完成，用时 ${seconds} 秒。`,
    failed: (name) => `${name} 训练失败。`,
    cancelled: (name) => `${name} 的训练已取消。`,
  },
  trainLeft: (seconds) => `最多还需 ${seconds} 秒`,
  trainFailed: (why) => `${why}。`,
  heldOut: "在留出的文本上",
  find: "查找类别",
  found: (count) => `${count} 个类别`,
  give: (count) => (count === 0 ? "都不是" : `确定这 ${count} 个`),
  range: (low, high) => `${low} 至 ${high} 之间的数`,
  wrong: (low, high) => `请输入 ${low} 至 ${high} 之间的数。`,
  giveNumber: "确定",
  gone: "无法连接服务器。",
  asks: "正在重试。",
  unconfirmed: "您最后的按键尚未确认保存，将一直重发直到确认。已保存的都在文件中。",
  notKept: (why) => `未保存：${why}。`,
  failed: "页面出错，请重新加载",
  home: "所有标注",
  now: (why) => `${why}。下面是现在的问题。`,
};

export const LANGUAGES = { en: ENGLISH, zh: CHINESE };

export const SAY = LANGUAGES[language()];

/** Say in the page's language what stands in its HTML: `data-say` names it, here or among the words of the page at /. */
export function translate(root) {
  document.documentElement.lang = SAY.language;
  document.title = `${SAY.title} – reread`;
  for (const element of root.querySelectorAll("[data-say]")) element.textContent = SAY[element.dataset.say] ?? WORDS[element.dataset.say];
}
