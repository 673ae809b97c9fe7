DROP TABLE settling
