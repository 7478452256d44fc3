// What the page at / says, in Chinese.

export const CHINESE = {
  language: "zh-Hans",
  wordHint: "要划去或替换一个有标记的词：把光标放在词上，或在下面起作用的词中选择它。",
  strike: "划去",
  instead: "替换为",
  replace: "替换",
  struck: (word) => ["去掉 ", word],
  replaced: (word, other) => [word, " → ", other],
  together: "全部一起",
  undo: "撤销",
  undoAll: "全部撤销",
  keepText: "写入文本",
  points: (points) => `（${points} 个百分点）`,
  apart: (difference) => `（${difference}）`,
  nowIs: (answer) => `，现在是 ${answer}`,
  noAnswer: (why) => `没有答案：${why}。`,
};
