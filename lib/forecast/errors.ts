/**
 * Why a forecast cannot be worked with as a whole.
 *
 * - `settings`  a setting that no forecast can be checked or targeted by
 * - `changed`   Odoo's master data changed between validation and target; sent again, the run is validated anew
 */
export const FORECAST_ERROR_CODES = ['settings', 'changed'] as const;
export type ForecastErrorCode = (typeof FORECAST_ERROR_CODES)[number];

export class ForecastError extends Error {
  readonly code: ForecastErrorCode;

  constructor(code: ForecastErrorCode, message: string) {
    super(message);
    this.name = 'ForecastError';
    this.code = code;
  }
}
