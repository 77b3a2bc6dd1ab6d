{
    "name": "Planbridge test: planning models",
    "summary": "Stands in for OCA's demand estimates and Enterprise's master production schedule",
    "description": """
Only for Planbridge's own tests, on an Odoo that has neither of the two. It declares the models with those of their
documented fields and methods that Planbridge uses. Never install it beside the real ones.
""",
    "version": "1.0",
    "license": "Other OSI approved licence",
    "author": "Planbridge",
    "depends": ["mrp"],
    "data": ["security/ir.model.access.csv"],
    "installable": True,
}
