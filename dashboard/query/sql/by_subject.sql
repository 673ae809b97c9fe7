LEFT JOIN subject_of USING (visit)
