import type { Disposition, Reason } from '../../exceptions/catalogue.ts';
import type { MasterView, Standing } from '../master-view.ts';
import type { ReadLine } from '../reading.ts';
import type { ForecastRun } from '../run.ts';

/** What a rule sees: the line, what master data says about it, and the run it belongs to. */
export type Case = {
  readonly line: ReadLine;
  readonly standing: Standing;
  readonly run: ForecastRun;
  readonly master: MasterView;
};

/** What a rule found: the column and value at fault, and what is wrong in words for a person. */
export type Finding = {
  readonly field: string | undefined;
  readonly value: unknown;
  readonly message: string;
  /** Where a setting makes it differ from the catalogue's. */
  readonly disposition?: Disposition;
};

/**
 * One rule of the forecast. It may rely on the rules before it in the table having found nothing, but for warnings.
 */
export type Rule = { readonly reason: Reason; readonly check: (given: Case) => Finding | undefined };
