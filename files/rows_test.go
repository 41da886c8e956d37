package files_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// namesIt looks for a problem with its place in an error.
func namesIt(tb testing.TB, err error, line, column int, field, says string) {
	tb.Helper()
	wrong, is := errors.AsType[*files.Error](err)
	if !is || policy.CodeOf(err) != policy.CodeInvalid || !slices.ContainsFunc(wrong.Problems, func(p files.Problem) bool {
		return p.Line == line && p.Column == column && p.Field == field && strings.Contains(p.Message, says)
	}) {
		tb.Errorf("%v\nwant %d:%d, field %q, %q", err, line, column, field, says)
	}
}

func TestReadRows_NamesEachMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	const head = "key,date,by,status,figures,text\n"
	const right = "2022/firearms/may/1.1,2022-05-01,anna@fr,ongoing,arrests:3,"
	tests := map[string]struct {
		text         string
		line, column int
		field, says  string
	}{
		"nothing":              {"", 1, 1, "", "empty"},
		"a mark alone":         {"\ufeff\n", 1, 1, "", "empty"},
		"empty cells alone":    {";;;\n", 1, 1, "", "empty"},
		"a code page":          {"key,date\n2022/firearms/may/1.1,\xe9\n", 2, 23, "", "save it anew, in Excel as “CSV UTF-8"},
		"too much":             {strings.Repeat("key,date\n", 64<<17), 1, 1, "", "larger than 64 MiB"},
		"a mistyped column":    {"key,date,statsu\n", 1, 10, "statsu", "did you mean status?"},
		"a column of no name":  {"key,date,\nx,,y\n", 2, 4, "", "without a name"},
		"a column twice":       {"key,date,key\n", 1, 10, "key", "twice"},
		"a missing column":     {"date,status\n", 1, 1, "key", "missing"},
		"a wrong date":         {head + strings.Replace(right, "2022-05-01", "1.5.", 1) + "\n", 2, 23, "date", "year-month-day"},
		"a wrong person":       {head + strings.Replace(right, "anna@fr", "anna", 1) + "\n", 2, 34, "by", "NAME@BODY"},
		"a wrong word":         {head + strings.Replace(right, "ongoing", "unclear", 1) + "\n", 2, 42, "status", "not-started"},
		"a missing word":       {head + strings.Replace(right, "ongoing", "", 1) + "\n", 2, 42, "status", "missing"},
		"a wrong number":       {head + strings.Replace(right, "arrests:3", "arrests:some", 1) + "\n", 2, 50, "figures", `"some" is not a number`},
		"a part too few":       {head + strings.Replace(right, "arrests:3", "arrests", 1) + "\n", 2, 50, "figures", "expected indicator:value"},
		"an element of none":   {head + strings.Replace(right, "arrests:3", "arrests:3; ", 1) + "\n", 2, 50, "figures", "without a text"},
		"a lone backslash":     {head + strings.Replace(right, "arrests:3", `C:\a`, 1) + "\n", 2, 50, "figures", "backslash"},
		"a strange backslash":  {head + strings.Replace(right, "arrests:3", `\arrests:3`, 1) + "\n", 2, 50, "figures", "backslash"},
		"an indicator twice":   {head + strings.Replace(right, "arrests:3", "x:3; x:4", 1) + "\n", 2, 50, "figures[1].indicator", "repeats"},
		"a key of other shape": {head + strings.Replace(right, "/may", "", 1) + "\n", 2, 1, "key", "PERIOD/OAP/ROUND/ACTION"},
		"a cell too many":      {head + right + ",more\n", 2, 61, "", "without a name"},
		"an open quote":        {head + right + "\n\"x,y\nz\n", 3, 1, "", "not CSV"},
		"a quote within":       {head + right + "\nx\"y,\n", 3, 2, "", "not CSV"},
		"after other signs":    {"text,key,date,status\nÜ😀,2022/firearms/may/1.1,soon,ongoing\n", 2, 26, "date", "not a date"},
		"after other lines":    {"text,key,date,status\n\n\"a\nb\",2022/firearms/may/1.1,soon,ongoing\n", 4, 26, "date", "not a date"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := files.ReadRows("progress.csv", policy.RegProgress, strings.NewReader(test.text))
			namesIt(t, err, test.line, test.column, test.field, test.says)
			if file != nil {
				t.Error("rows in spite of it")
			}
		})
	}
}

func TestReadRows_ReadsEachKindOfCellInItsWay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		register     policy.Register
		text         string
		line, column int
		field, says  string
	}{
		"a word for yes":       {policy.RegAgenda, "key,date,title,removed\ncosi-1/x,2022-05-01,X,maybe\n", 2, 23, "removed", "expected yes"},
		"a large number":       {policy.RegAllocations, "key,date,envelope,amount\nx,2022-05-01,isf,9223372036854775808\n", 2, 18, "amount", "whole number"},
		"no amount":            {policy.RegAllocations, "key,date,envelope\nx,2022-05-01,isf\n", 2, 1, "amount", "whole euro"},
		"a wrong body":         {policy.RegPosts, "key,date,holder\ndriver/firearms,2022-05-01,x?\n", 2, 28, "holder", "not a body"},
		"a wrong document":     {policy.RegDeliveries, "key,date,on,document\na/2022-01-01/b,2022-05-01,2022-05-01,letter 5\n", 2, 38, "document", "register number"},
		"a reason of the body": {policy.RegRecommendations, "key,date,reason,state,body.reason\none,2022-05-01,Because.,rejected,\n", 2, 34, "body.reason", "missing"},
		"no register":          {"consent", "key,date\n", 1, 1, "", "no register"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := files.ReadRows("rows.csv", test.register, strings.NewReader(test.text))
			namesIt(t, err, test.line, test.column, test.field, test.says)
		})
	}
}

// What NECs have sent, as the programs of their desks had saved it.
func TestReadRows_ReadsWhatASpreadsheetWrites(t *testing.T) {
	t.Parallel()
	confirmed := func(key string, day policy.Date, contribution string) policy.Row {
		return policy.Row{Register: policy.RegConsents, Key: key, Date: day, Body: &policy.Consent{State: policy.Confirmed, Contribution: contribution}}
	}
	const one, two, note = "2022/firearms/1.1/fr", "2022/firearms/1.2/fr", "deux enquêteurs – Préfecture d’Île-de-France"
	second, today := first.AddDays(1), policy.Date{}
	both := []policy.Row{confirmed(one, first, note), confirmed(two, second, "")}
	for name, test := range map[string]struct {
		text string
		want []policy.Row
	}{
		"semicolons":          {"\ufeffkey;date;state;contribution\r\n" + one + ";2022-01-01;confirmed;" + note + "\r\n" + two + "; 2022-01-02 ; Confirmed;\r\n", both},
		"sep=":                {"sep=;\r\nkey;date;state;contribution\r\n" + one + ";01/01/2022;confirmed;" + note + "\r\n" + two + ";02/01/2022;confirmed;\r\n", both},
		"sep= as a cell":      {"\"sep=,\",,,\nkey,date,state,contribution\n" + one + ",2022-01-01,confirmed," + note + "\n" + two + ",2022-01-02,confirmed,\n", both},
		"tabs":                {"key\tdate\tstate\tcontribution\r\n" + one + "\t1.1.2022\tconfirmed\t" + note + "\r\n" + two + "\t2.1.2022\tconfirmed\r\n", both},
		"empty columns":       {"key;;date;state;contribution;;\r\n" + one + ";;2022-01-01;confirmed;" + note + ";;\r\n" + two + ";;2022-01-02;confirmed;;; \r\n", both},
		"empty rows":          {";;;\r\nkey;date;state;contribution\r\n ; ; ; \r\n" + one + ";2022-01-01;confirmed;" + note + "\r\n\u00a0;;;\r\n" + two + ";2022-01-02;confirmed;\r\n", both},
		"short rows":          {"key;date;state;contribution\r\n" + one + ";2022-01-01;confirmed;" + note + "\r\n" + two + ";2022-01-02;confirmed\r\n", both},
		"capitals":            {"KEY;Date;State;Contribution\r\n" + one + ";2022-01-01;confirmed;" + note + "\r\n" + two + ";2022-01-02;confirmed;\r\n", both},
		"no date":             {"key;state\r\n" + one + ";confirmed\r\n", []policy.Row{confirmed(one, today, "")}},
		"an empty date":       {"key;date;state\r\n" + one + ";;confirmed\r\n", []policy.Row{confirmed(one, today, "")}},
		"a guarded formula":   {"key;state;contribution\n" + one + ";confirmed;'=1+1\n", []policy.Row{confirmed(one, today, "=1+1")}},
		"an apostrophe":       {"key;state;contribution\n" + one + ";confirmed;'t Hof\n", []policy.Row{confirmed(one, today, "'t Hof")}},
		"commas in a text":    {"key;state;contribution\n" + one + ";confirmed;a, b, c, d\n", []policy.Row{confirmed(one, today, "a, b, c, d")}},
		"Excel on an old Mac": {"key,date,state,contribution\r" + one + ",2022-01-01,confirmed," + note + "\r" + two + ",2022-01-02,confirmed,\r", both},
	} {
		for encoding, saved := range map[string]string{
			"UTF-8": test.text, "UTF-16": utf16Of(binary.LittleEndian, "\ufeff"+strings.TrimPrefix(test.text, "\ufeff")), "UTF-16, the other way": utf16Of(binary.BigEndian, "\ufeff"+strings.TrimPrefix(test.text, "\ufeff")),
			"UTF-16 without a mark": utf16Of(binary.LittleEndian, strings.TrimPrefix(test.text, "\ufeff")),
		} {
			file, err := files.ReadRows("consents.csv", policy.RegConsents, strings.NewReader(saved))
			if err != nil {
				t.Errorf("%s, %s: %v", name, encoding, err)
				continue
			}
			if diff := cmp.Diff(test.want, file.Rows, cmp.AllowUnexported(policy.Date{})); diff != "" {
				t.Errorf("%s, %s: %s", name, encoding, diff)
			}
		}
	}
}

// utf16Of gives a text in UTF-16.
func utf16Of(order binary.AppendByteOrder, text string) string {
	var bytes []byte
	for _, half := range utf16.Encode([]rune(text)) {
		bytes = order.AppendUint16(bytes, half)
	}
	return string(bytes)
}

func TestWriteRows_WritesWhatASpreadsheetOpens(t *testing.T) {
	t.Parallel()
	day := &policy.JointActionDay{
		Title: "=HYPERLINK(\"http://x\")", From: first, To: last, Plans: []string{"2022/a;b", `c\d`, ""}, Figures: []policy.Figure{{Indicator: "a:b", Value: policy.Whole(0)}, {Indicator: "c", Value: policy.Whole(2)}},
	}
	row := policy.Row{Register: policy.RegDays, Key: "1.1", Date: first, Body: day, By: anna}
	for separator, want := range map[rune]string{
		files.Comma: "\ufeffkey,date,by,reason,title,from,to,plans,actions,figures,published\n" +
			`'1.1,2022-01-01,Anna Berg@general-secretariat,,"'=HYPERLINK(""http://x"")",2022-01-01,2022-12-31,2022/a\;b; c\\d; \0,,a\:b:0; c:2,` + "\n",
		files.Semicolon: "\ufeffkey;date;by;reason;title;from;to;plans;actions;figures;published\n" +
			`'1.1;2022-01-01;Anna Berg@general-secretariat;;"'=HYPERLINK(""http://x"")";2022-01-01;2022-12-31;"2022/a\;b; c\\d; \0";;"a\:b:0; c:2";` + "\n",
	} {
		var out bytes.Buffer
		if err := files.WriteRows(&out, policy.RegDays, []policy.Row{row}, separator); err != nil || out.String() != want {
			t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
		}
	}
	var out bytes.Buffer
	if err := files.WriteActions(&out, nil); err != nil || !strings.HasPrefix(out.String(), "\ufeffdocument,code,title,") {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := files.WriteRows(&out, "nothing", nil, files.Comma); err == nil {
		t.Error("rows of no register are written")
	}
}

func TestReadActions_ReadsThemByDocument(t *testing.T) {
	t.Parallel()
	documents := []files.DocumentActions{
		{Document: "oap/2022/firearms/v1", Actions: []policy.OperationalAction{action("1.1"), action("1.2")}},
		{Document: "change/2022/firearms/1/v1", Actions: []policy.OperationalAction{action("1.1")}},
	}
	var out bytes.Buffer
	if err := files.WriteActions(&out, documents); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "arrests:0:50; seizures:3:0,requested,isf,1000,,,,,,,,,,yes") {
		t.Error(out.String())
	}
	again, err := files.ReadActions("actions.csv", bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(documents, again, cmp.AllowUnexported(policy.Date{})); diff != "" {
		t.Error(diff)
	}
	const head = "document,code,title,kind,from,to,funding.need\n"
	for _, test := range []struct {
		row         string
		column      int
		field, says string
	}{
		{"oap/2022/firearms/v1,1.1,One,trainning,2022-01-01,2022-12-31,", 30, "kind", "not a kind of action"},
		{"oap/2022/firearms/v1,1.1,One,training,2022-01-01,2021-12-31,", 50, "to", "before the action starts"},
		{"oap/2022/firearms/v1,1.1,One,training,2022-01-01,2022-12-31,-5", 61, "funding", "negative"},
		{"oap/2022/firearms,1.1,One,training,2022-01-01,2022-12-31,", 1, "document", "a version of an OAP"},
		{"oap/2022/firearms/v01,1.1,One,training,2022-01-01,2022-12-31,", 1, "document", "a version of an OAP"},
	} {
		_, err := files.ReadActions("actions.csv", strings.NewReader(head+test.row+"\n"))
		namesIt(t, err, 2, test.column, test.field, test.says)
	}
}

// The plan says that it is a skeleton: its actions have no titles.
func TestReadPlan_TakesTheActionsOfASkeleton(t *testing.T) {
	t.Parallel()
	documents, err := files.ReadActions("actions.csv", strings.NewReader("document,code,leader\noap/2022/firearms/v1,1.1,fr\n"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := files.ReadPlan("oap.yaml", strings.NewReader("skeleton: [code, leader]\n"), documents[0].Actions)
	if err != nil || !plan.IsSkeleton() || plan.Actions[0].Leader != "fr" {
		t.Errorf("it is %+v, %v", plan, err)
	}
	if _, err := files.ReadPlan("oap.yaml", strings.NewReader("illustrative: true\n"), documents[0].Actions); err == nil || !strings.Contains(err.Error(), "actions[0].title is missing") {
		t.Errorf("the whole has no titles: %v", err)
	}
}

func FuzzReadRows(f *testing.F) {
	f.Add("consents", "key,date,by,state\n2022/firearms/1.1/fr,2022-01-01,a@fr,confirmed\n")
	f.Add("joint-action-days", "\ufeffkey;date;figures;plans\njad;2022-01-01;a:1; b:2;\"a\\;b\"\n")
	f.Add("consents", "key,date,by,state\r2022/firearms/1.1/fr,2022-01-01,a@fr,confirmed\r")
	f.Add("irregularities", "key,date,reason,body.reason,rule,confirmed_by\noap/2022/x,2022-01-01,a,b,S2,b@fr\n")
	f.Fuzz(func(t *testing.T, register, text string) {
		file, err := files.ReadRows("fuzz.csv", policy.Register(register), strings.NewReader(text))
		if err != nil {
			if file != nil {
				t.Fatal("rows and an error")
			}
			line := "\n"
			if !strings.Contains(text, line) {
				line = "\r" // as Excel on a Macintosh has it
			}
			placedIn(t, strings.Split(strings.TrimPrefix(text, "\ufeff"), line), err)
			return
		}
		var out bytes.Buffer
		if err := files.WriteRows(&out, policy.Register(register), file.Rows, files.Comma); err != nil {
			t.Fatal(err)
		}
		again, err := files.ReadRows("again.csv", policy.Register(register), bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%v\n%q", err, out.String())
		}
		if diff := cmp.Diff(file.Rows, again.Rows, cmp.AllowUnexported(policy.Date{})); diff != "" {
			t.Fatalf("%s\n%q", diff, out.String())
		}
	})
}

// What the record has against rows is told at their lines, with its own code.
func TestRowFilePlaced_PutsARefusalInItsFile(t *testing.T) {
	t.Parallel()
	file, err := files.ReadRows("consents.csv", policy.RegConsents, strings.NewReader(
		"key,date,state\n2022/firearms/1.1/fr,2022-01-01,confirmed\n\n2022/cars/1.1/fr,2022-01-01,confirmed\n2022/cars/1.2/fr,2022-01-01,confirmed\n"))
	if err != nil {
		t.Fatal(err)
	}
	refusal := &policy.Error{Code: policy.CodeUnknown, Message: "both", Mistakes: []policy.Mistake{
		{Field: "rows[1]", Message: "there is no OAP 2022/cars"}, {Field: "rows[2].state", Message: "is not open"},
	}}
	placed := file.Placed(refusal)
	const want = "consents.csv:4:1: there is no OAP 2022/cars\nconsents.csv:5:29: state is not open"
	if placed.Error() != want || policy.CodeOf(placed) != policy.CodeUnknown {
		t.Errorf("%s: %s, want %s", policy.CodeOf(placed), placed, want)
	}
	other := policy.Refuse(policy.CodeUnavailable, "the records are away")
	if err := file.Placed(other); !errors.Is(err, other) {
		t.Errorf("a refusal without mistakes becomes %v", err)
	}
}

// Figures have a point before their decimals whatever the language of the desk is.
func TestReadRows_ReadsDecimalFigures(t *testing.T) {
	t.Parallel()
	const head = "key,date,status,figures\n2022/firearms/may/1.1,2022-05-10,ongoing,"
	for cell, says := range map[string]string{
		"kg:12.5; arrests:829": "",
		"kg:12,5":              `"12,5" has a comma: decimals come after a point, as in 12.5`,
		"kg:1.250":             `"1.250" may be read in two ways: write 1.25, or 1250`,
		"kg:12.3456":           "has more than three decimals",
		"kg:-1":                "is -1: expected a number that is not negative",
		"kg:9999999999999999":  "expected a number of at most 15 digits",
		"kg:999999999999.9999": "has more than three decimals",
		"kg:9999999999999.999": "expected a number of at most 15 digits",
		"kg:a":                 `"a" is not a number as figures are written`,
	} {
		file, err := files.ReadRows("progress.csv", policy.RegProgress, strings.NewReader(head+`"`+cell+"\"\n"))
		switch {
		case says != "":
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want %q", cell, err, says)
			}
		case err != nil:
			t.Errorf("%s: %v", cell, err)
		default:
			var out strings.Builder
			if err := files.WriteRows(&out, policy.RegProgress, file.Rows, files.Comma); err != nil || !strings.Contains(out.String(), ","+cell+",") {
				t.Errorf("%s is written as %q, %v", cell, out.String(), err)
			}
		}
	}
}
