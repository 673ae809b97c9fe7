JOIN quarter AS bucket ON bucket.quarter = epoch_us({time}) // 900000000
