/** Settings of forecast-approve with which every version of a test's forecasts is released without a person, however far its quantities grow. */
export const AUTOMATIC = { changedLinesPercent: 100, totalDeviationPercent: 10_000, largestChangePercent: 10_000 };
