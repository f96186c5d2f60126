package main

// Older plugins send their registration as this struct.
type GKRegistration struct {
	Name           string
	Version        string
	MinHostVersion string
	Routes         []RouteSpec
	MenuItems      []MenuItemSpec
	Widgets        []WidgetSpec
	Jobs           []JobSpec
	I18n           *I18nSpec
	ErrorCodes     []ErrorCodeSpec
	Resources      *ResourceRequest
	HideMenuItems  []string
	Any            map[string]interface{}
}

type RouteSpec struct {
	Method, Path, Handler string
	Middleware            []string
}

type MenuItemSpec struct {
	ID, Label string
	Order     int
	Children  []MenuItemSpec
}

type WidgetSpec struct {
	ID          string
	Refreshable bool
	RefreshSec  int
}

type JobSpec struct {
	ID, Handler, Schedule string
	Enabled               bool
}

type I18nSpec struct {
	Languages    []string
	Translations map[string]map[string]string
}

type ErrorCodeSpec struct {
	Code       string
	HTTPStatus int
}

type ResourceRequest struct {
	MemoryMB    int
	CallTimeout string
}

var registration = GKRegistration{
	Name: "older", Version: "2.0.0", MinHostVersion: "0.1.0",
	Routes:        []RouteSpec{{"GET", "/older", "echo", []string{"auth", "admin"}}},
	MenuItems:     []MenuItemSpec{{ID: "top", Label: "Top", Order: -3, Children: []MenuItemSpec{{ID: "below", Label: "Below"}}}},
	Widgets:       []WidgetSpec{{"w", true, 60}},
	Jobs:          []JobSpec{{"nightly", "echo", "@daily", false}},
	I18n:          &I18nSpec{[]string{"en"}, map[string]map[string]string{"en": {"some_Key": "Text"}}},
	ErrorCodes:    []ErrorCodeSpec{{"broken", 502}},
	Resources:     &ResourceRequest{128, "20s"},
	HideMenuItems: []string{"stats"},
}
