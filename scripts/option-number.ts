/** The value of an option that is a number. @throws Error, for people, when it is none */
export const number = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new Error(`--${name} is a number from ${least} to ${most}, not "${text}"`);
};

/** The value of an option that is a whole number. @throws Error, for people, when it is none */
export const whole = (...[name, text, least, most]: Parameters<typeof number>): number => {
  const value = number(name, text, least, most);
  if (Number.isInteger(value)) return value;
  throw new Error(`--${name} is a whole number, not "${text}"`);
};
