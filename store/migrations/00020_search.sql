-- +goose Up
-- How a text is compared when somebody searches: in small letters, without accents, in
-- each alphabet of the Union, whatever the database takes for letters. ß is ss.
-- +goose StatementBegin
CREATE FUNCTION searchable(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(replace(
        translate(lower(regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g')),
            'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯŁłØøĐđĦħŦŧıÐðþ',
            'αβγδεζηθικλμνξοπρστυφχψωσабвгдежзиклмнопрстуфхцчшщъыьэюяllooddhhttiddt'),
        'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe')
$$;

-- The actions of a plan. A document may be of any shape: of one that is no plan, there are
-- none, and whoever searches finds the others.
CREATE FUNCTION actions_of(body bytea) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    actions jsonb;
BEGIN
    actions := convert_from(body, 'UTF8')::jsonb -> 'actions';
    RETURN CASE WHEN jsonb_typeof(actions) = 'array' THEN actions ELSE '[]' END;
EXCEPTION
    WHEN OTHERS THEN RETURN '[]';
END $$;
-- +goose StatementEnd
DROP FUNCTION actions_with;

-- +goose Down
DROP FUNCTION actions_of;
DROP FUNCTION searchable;
-- +goose StatementBegin
CREATE FUNCTION actions_with(body bytea, pattern text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text;
    actions jsonb;
BEGIN
    said := convert_from(body, 'UTF8');
    IF said NOT ILIKE pattern THEN
        RETURN '[]';
    END IF;
    actions := said::jsonb -> 'actions';
    RETURN CASE WHEN jsonb_typeof(actions) = 'array' THEN actions ELSE '[]' END;
EXCEPTION
    WHEN OTHERS THEN RETURN '[]';
END $$;
-- +goose StatementEnd
