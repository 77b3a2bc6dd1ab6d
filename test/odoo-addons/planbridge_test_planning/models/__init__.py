from . import demand_estimate
from . import master_production_schedule
