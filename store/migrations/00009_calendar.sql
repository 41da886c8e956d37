-- +goose Up

-- The calendar of a rehearsal is the day that stands here. It no longer runs by
-- itself, from an instant on: it stands still until everything due by that day was
-- played, and whoever plays the rehearsal moves it on. Real life has none.
ALTER TABLE cycles
    ADD COLUMN day date,
    ADD COLUMN year_seconds double precision CHECK (year_seconds > 0);

UPDATE cycles
SET day = CASE
        WHEN stage IN ('closed', 'ended-without-priorities') THEN stage_since
        ELSE epoch_date + least(extract(epoch FROM now() - epoch) * pace / 86400, 36500)::int
    END,
    year_seconds = 31557600 / pace -- seconds of a year
WHERE rehearsal AND pace <> 1; -- one that was taken over goes at the pace of life

-- The constraints that speak of them go with the columns.
ALTER TABLE cycles
    DROP COLUMN epoch,
    DROP COLUMN epoch_date,
    DROP COLUMN pace,
    ADD CHECK ((day IS NULL) = (year_seconds IS NULL)),
    ADD CHECK (rehearsal OR day IS NULL);
GRANT UPDATE (day) ON cycles TO policycycle_app;

-- +goose Down

ALTER TABLE cycles
    ADD COLUMN epoch timestamptz,
    ADD COLUMN epoch_date date,
    ADD COLUMN pace double precision CHECK (pace > 0);

UPDATE cycles
SET epoch = now(), epoch_date = coalesce(day, current_date), pace = coalesce(31557600 / year_seconds, 1)
WHERE rehearsal;

ALTER TABLE cycles
    DROP COLUMN day,
    DROP COLUMN year_seconds,
    ADD CHECK (rehearsal = (epoch IS NOT NULL)),
    ADD CHECK (rehearsal = (epoch_date IS NOT NULL)),
    ADD CHECK (rehearsal = (pace IS NOT NULL));
