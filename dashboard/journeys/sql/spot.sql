SELECT {number} AS number, c{number} AS id, mark FROM placed WHERE c{number} IS NOT NULL
