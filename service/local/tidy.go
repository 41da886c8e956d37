package local

import (
	"reflect"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// tidy gives every text in what comes in its one form: é is one sign, however a keyboard
// or a file has made it, and a line ends with a line feed alone. So what looks the same is
// the same, whoever compares it. Bytes stay as they are: they have a fingerprint.
func tidy(into any) { tidyValue(reflect.ValueOf(into)) }

func tidyValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if text := tidied(v.String()); v.CanSet() && text != v.String() {
			v.SetString(text)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			tidyValue(v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			tidyValue(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			tidyValue(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				tidyValue(v.Field(i))
			}
		}
	default: // no text
	}
}

// tidied gives a text in its one form.
func tidied(text string) string {
	return norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n"))
}
