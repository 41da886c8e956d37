// Package papers makes of what is recorded the papers that people work with, and reads them again: papers for
// Word, sheets of a workbook, and calendars for Outlook and the like (iCalendar, RFC 5545). It is given the service
// of the reader (service.Service.As), so that nothing that they may not read is in a paper, and all that comes in
// goes through the same door. Nothing is computed here: figures are those of policy/rules, and one that is missing
// is shown as missing.
package papers
