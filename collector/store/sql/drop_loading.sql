DROP TABLE loading
