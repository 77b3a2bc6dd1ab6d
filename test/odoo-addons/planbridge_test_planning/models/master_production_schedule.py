from odoo import fields, models
from odoo.tools.date_utils import add, end_of, start_of

PERIODS = [("month", "Monthly"), ("week", "Weekly"), ("day", "Daily")]
COLUMNS = 30


class Company(models.Model):
    _inherit = "res.company"

    manufacturing_period = fields.Selection(PERIODS, default="month", required=True)

    def _manufacturing_periods(self):
        """First and last day of each period from the current one on."""
        self.ensure_one()
        periods = []
        begin = start_of(fields.Date.today(), self.manufacturing_period)
        for _column in range(COLUMNS):
            end = end_of(begin, self.manufacturing_period)
            periods.append((begin, end))
            begin = add(end, days=1)
        return periods


class ProductionSchedule(models.Model):
    """A product that is planned in the master production schedule of a warehouse."""

    _name = "mrp.production.schedule"
    _description = "Production schedule (stand-in)"

    product_id = fields.Many2one("product.product", required=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    product_uom_id = fields.Many2one("uom.uom", related="product_id.uom_id")
    forecast_ids = fields.One2many("mrp.product.forecast", "production_schedule_id")
    forecast_target_qty = fields.Float()
    min_to_replenish_qty = fields.Float()
    max_to_replenish_qty = fields.Float(default=1000)
    replenish_trigger = fields.Selection(
        [("manual", "Manual"), ("automated", "Automatic"), ("never", "Never")], default="manual", required=True
    )

    def _forecasts_in(self, begin, end):
        self.ensure_one()
        return self.forecast_ids.filtered(lambda forecast: begin <= forecast.date <= end)

    def get_production_schedule_view_state(self):
        """What the schedule's view shows: each period's forecast is the sum of what lies on its days."""
        states = []
        for schedule in self:
            shown = []
            for begin, end in (schedule.company_id or self.env.company)._manufacturing_periods():
                quantity = sum(schedule._forecasts_in(begin, end).mapped("forecast_qty"))
                shown.append({"date_start": begin, "date_stop": end, "forecast_qty": quantity})
            states.append({"id": schedule.id, "forecast_ids": shown})
        return states

    def set_forecast_qty(self, date_index, quantity):
        """Sets the forecast of a period, counted from the current one, to a quantity."""
        self.ensure_one()
        begin, end = (self.company_id or self.env.company)._manufacturing_periods()[date_index]
        there = self._forecasts_in(begin, end)
        missing = float(quantity) - sum(there.mapped("forecast_qty"))
        if there:
            there[0].forecast_qty += missing
        else:
            self.env["mrp.product.forecast"].create(
                {"production_schedule_id": self.id, "date": end, "forecast_qty": missing}
            )
        return True


class ProductForecast(models.Model):
    """The demand forecast of a schedule on a day."""

    _name = "mrp.product.forecast"
    _description = "Demand forecast at a date (stand-in)"
    _order = "date"

    production_schedule_id = fields.Many2one("mrp.production.schedule", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    forecast_qty = fields.Float()
    replenish_qty = fields.Float()
    replenish_qty_updated = fields.Boolean()
    procurement_launched = fields.Boolean()
