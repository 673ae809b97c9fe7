ASOF LEFT JOIN zone ON {time} >= zone.start
