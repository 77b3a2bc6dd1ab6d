from odoo import api, fields, models
from odoo.exceptions import UserError


class DemandEstimate(models.Model):
    """A product's estimated demand at a location between two days, both included."""

    _name = "stock.demand.estimate"
    _description = "Demand estimate (stand-in)"

    active = fields.Boolean(default=True)
    product_id = fields.Many2one("product.product", required=True)
    location_id = fields.Many2one("stock.location", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    manual_date_from = fields.Date()
    manual_date_to = fields.Date()
    date_from = fields.Date(compute="_compute_period", store=True)
    date_to = fields.Date(compute="_compute_period", store=True)
    duration = fields.Integer(compute="_compute_period", store=True)
    product_uom = fields.Many2one("uom.uom")
    product_uom_qty = fields.Float()
    product_qty = fields.Float(compute="_compute_product_qty", inverse="_refuse_product_qty", store=True, digits=0)
    daily_qty = fields.Float(compute="_compute_daily_qty")

    @api.depends("manual_date_from", "manual_date_to")
    def _compute_period(self):
        for estimate in self:
            begin = estimate.manual_date_from or fields.Date.today()
            end = max(begin, estimate.manual_date_to or begin)
            estimate.date_from, estimate.date_to = begin, end
            estimate.duration = (end - begin).days + 1

    @api.depends("product_id", "product_uom", "product_uom_qty")
    def _compute_product_qty(self):
        for estimate in self:
            unit = estimate.product_uom or estimate.product_id.uom_id
            estimate.product_qty = unit._compute_quantity(estimate.product_uom_qty, estimate.product_id.uom_id)

    def _refuse_product_qty(self):
        raise UserError("The quantity in the product's own unit is worked out; set product_uom_qty.")

    @api.depends("product_qty", "duration")
    def _compute_daily_qty(self):
        for estimate in self:
            estimate.daily_qty = estimate.product_qty / (estimate.duration or 1)
