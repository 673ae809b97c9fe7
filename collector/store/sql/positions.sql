SELECT segment, max(row_id) FROM loaded GROUP BY segment
