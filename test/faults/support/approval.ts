/** Settings of forecast-approve with which every version of a test's forecasts is released without a person. */
export const AUTOMATIC = { changedLinesPercent: 100, totalDeviationPercent: 100, largestChangePercent: 100 };
