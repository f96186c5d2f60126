// What the plugin contributes, as GoatKit has it.
#ifndef REGISTRATION_H
#define REGISTRATION_H

#define WIDGET(id, function, order) \
  "{\"id\":\"" id "\",\"title\":\"" function "\",\"handler\":\"" function "\",\"location\":\"dashboard\",\"order\":" order ",\"refreshable\":true}"

static const char registration[] =
  "{\"name\":\"statistics-gk-c\",\"version\":\"1.0.0\","
  "\"widgets\":["
  WIDGET("open-by-state", "open_by_state", "20") ","
  WIDGET("closed-per-week", "closed_per_week", "21") ","
  WIDGET("open-by-priority", "open_by_priority", "22") "],"
  "\"routes\":[{\"method\":\"GET\",\"path\":\"/statistics/c\",\"handler\":\"figures\",\"middleware\":[\"auth\"],\"description\":\"All figures as JSON\"}],"
  "\"menu_items\":[{\"id\":\"statistics-gk-c\",\"label\":\"menu\",\"path\":\"/statistics/c\",\"location\":\"agent\",\"order\":20}],"
  "\"jobs\":[{\"id\":\"nightly\",\"handler\":\"nightly\",\"schedule\":\"0 2 * * *\",\"description\":\"Keeps the figures of the day\",\"enabled\":true}],"
  "\"i18n\":{\"languages\":[\"en\",\"de\"],\"translations\":{"
  "\"en\":{\"menu\":\"Statistics (C)\",\"open_by_state\":\"Open tickets by state (C)\","
  "\"closed_per_week\":\"Closed tickets per week (C)\",\"open_by_priority\":\"Open tickets by priority (C)\",\"nothing\":\"Nothing to count\","
  "\"label.new\":\"New\",\"label.open\":\"Open\",\"label.pending\":\"Pending\","
  "\"label.low\":\"Low\",\"label.normal\":\"Normal\",\"label.high\":\"High\",\"label.urgent\":\"Urgent\"},"
  "\"de\":{\"menu\":\"Statistik (C)\",\"open_by_state\":\"Offene Tickets nach Status (C)\","
  "\"closed_per_week\":\"Geschlossene Tickets je Woche (C)\",\"open_by_priority\":\"Offene Tickets nach Priorität (C)\",\"nothing\":\"Nichts zu zählen\","
  "\"label.new\":\"Neu\",\"label.open\":\"Offen\",\"label.pending\":\"Wartend\","
  "\"label.low\":\"Niedrig\",\"label.normal\":\"Normal\",\"label.high\":\"Hoch\",\"label.urgent\":\"Dringend\"}}}}";

#endif
