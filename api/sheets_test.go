package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/policycycle/policycycle/api"
	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// sheet asks for a table as a workbook, or sends one where there is a body. It gives what comes back, or the refusal.
func (h *house) sheet(ctx context.Context, query url.Values, body any) ([]byte, error) {
	method, sent := http.MethodGet, io.Reader(http.NoBody)
	if body != nil {
		written, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		method, sent = http.MethodPost, bytes.NewReader(written)
	}
	request, err := http.NewRequestWithContext(ctx, method, h.url+"/v1/cycles/small/sheets?"+query.Encode(), sent)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Policycycle-As", h.remote.Name)
	answer, err := new(http.Client).Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		var problem api.Problem
		if err = json.Unmarshal(content, &problem); err == nil {
			err = &policy.Error{Code: problem.Code, Message: problem.Detail, Field: problem.Field, Mistakes: problem.Mistakes}
		}
	}
	return content, err
}

// workbookOf gives the workbook of a register as a service shows it, with the title of its first row changed.
func workbookOf(ctx context.Context, s service.Service, what, title string) ([]byte, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	book, err := papers.Sheets{Service: s, Words: texts.In("fr")}.Of(ctx, "small", what, "")
	if err != nil {
		return nil, err
	}
	if title != "" {
		book.Sheets[0].Lines[0].Cells[book.Sheets[0].Column("title")] = title
	}
	var out bytes.Buffer
	err = book.Write(&out)
	return out.Bytes(), err
}

const indicators = "registers/indicators"

var ofIndicators = url.Values{"what": {indicators}, "language": {"fr"}}

// catalogue is a service with one indicator.
type catalogue struct {
	service.Service
	rows []policy.Row
}

func (c *catalogue) As(policy.Principal) service.Service { return c }

func (c *catalogue) FindCycle(context.Context, string) (*service.Cycle, error) {
	return &service.Cycle{}, nil
}

func (c *catalogue) ListRows(_ context.Context, f service.RowFilter) ([]policy.Row, error) {
	rows := slices.Clone(c.rows)
	if !f.History {
		rows = rows[len(rows)-1:]
	}
	return rows, nil
}

func (c *catalogue) Enter(_ context.Context, in service.Enter) (*service.Entered, error) {
	c.rows = append(c.rows, in.Rows...)
	return &service.Entered{Rows: len(in.Rows)}, nil
}

func TestSheets_GoOutAndComeInOverHTTP(t *testing.T) {
	t.Parallel()
	kept := &catalogue{rows: []policy.Row{{
		Register: policy.RegIndicators, Key: "arrests", Date: policy.NewDate(2021, 6, 1), Body: &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "on the day", Version: 1},
	}}}
	h := opensOn(t, kept)
	out, err := h.sheet(t.Context(), ofIndicators, nil)
	if err != nil || !bytes.HasPrefix(out, []byte("PK")) {
		t.Fatalf("%v: %.40q", err, out)
	}
	sends := func(query url.Values, body map[string]any) (came papers.Came) {
		t.Helper()
		answer, err := h.sheet(t.Context(), query, body)
		if err == nil {
			err = json.Unmarshal(answer, &came)
		}
		if err != nil {
			t.Fatal(err)
		}
		return came
	}
	if came := sends(ofIndicators, map[string]any{"workbook": out}); came.Changed() != 0 || came.Taken != nil {
		t.Errorf("as it went out: %+v", came)
	}
	changed, err := workbookOf(t.Context(), kept, indicators, "Arrests made")
	if err != nil {
		t.Fatal(err)
	}
	preview := url.Values{"what": {indicators}, "preview": {"true"}}
	shown := sends(preview, map[string]any{"workbook": changed})
	want := papers.Change{Row: "arrests", Column: "title", Was: "Arrests", Is: "Arrests made"}
	if !slices.Equal(shown.Sheets[0].Changes, []papers.Change{want}) || shown.Taken != nil || len(kept.rows) != 1 {
		t.Errorf("the preview: %+v, and %d rows", shown, len(kept.rows))
	}
	other, err := workbookOf(t.Context(), kept, indicators, "Arrests planned")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.sheet(t.Context(), ofIndicators, map[string]any{"workbook": other, "seen": shown.Digest}); policy.CodeOf(err) != policy.CodeWrongVersion || len(kept.rows) != 1 {
		t.Errorf("what nobody has seen: %v", err)
	}
	if came := sends(ofIndicators, map[string]any{"workbook": changed, "seen": shown.Digest}); came.Taken == nil || came.Taken.Entered.Rows != 1 || len(kept.rows) != 2 {
		t.Errorf("it is not taken: %+v", came)
	}
}

func TestSheets_TellEachMistakeAtItsCell(t *testing.T) {
	t.Parallel()
	kept := &catalogue{rows: []policy.Row{{Register: policy.RegIndicators, Key: "arrests", Body: &policy.Indicator{Title: "Arrests", Unit: "persons", Rule: "on the day", Version: 1}}}}
	h := opensOn(t, kept)
	blank, err := workbookOf(t.Context(), kept, indicators, " ")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.sheet(t.Context(), ofIndicators, map[string]any{"workbook": blank, "name": "indicators.xlsx"})
	refusal, is := err.(*policy.Error) //nolint:errorlint // it is that of the answer
	if !is || len(refusal.Mistakes) != 1 || refusal.Mistakes[0].Sheet == "" || refusal.Mistakes[0].Line != 3 || refusal.Mistakes[0].File != "indicators.xlsx" {
		t.Errorf("%+v", err)
	}
	for what, code := range map[string]policy.Code{"registers/posts": policy.CodeConflict, "registers/none": policy.CodeInvalid, "oap/2022/firearms": policy.CodeConflict} {
		if _, err := h.sheet(t.Context(), url.Values{"what": {what}}, map[string]any{"workbook": blank}); policy.CodeOf(err) != code {
			t.Errorf("%s: %v", what, err)
		}
	}
	h.stale = policy.Refuse(policy.CodeNotIdentified, "log in again")
	if _, err := h.sheet(t.Context(), url.Values{"what": {"registers/posts"}}, map[string]any{"workbook": blank}); policy.CodeOf(err) == policy.CodeNotIdentified {
		t.Error("an old log-in is refused before anything would be taken")
	}
}
