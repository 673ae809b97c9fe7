"""Journeys: where people go, in columns that add up, and how many get through a funnel."""

from dashboard.journeys.funnel import run_funnel
from dashboard.journeys.journey import run_journeys
from dashboard.journeys.request import FunnelRequest, JourneyRequest, decode_funnel, decode_journey

__all__ = ["FunnelRequest", "JourneyRequest", "decode_funnel", "decode_journey", "run_funnel", "run_journeys"]
