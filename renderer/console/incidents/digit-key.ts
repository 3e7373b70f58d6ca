/** A digit's key as it stands on its cap. */
export const digitKey = (digit: number, shifted: boolean): string => `${shifted ? '⇧' : ''}${digit}`;
