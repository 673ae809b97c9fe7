CASE e.kind
            WHEN 'pageview' THEN concat('page::', {page})
            WHEN 'click' THEN concat('click:', e.target_kind, ':', e.target)
            ELSE concat('event::', e.target)
        END
