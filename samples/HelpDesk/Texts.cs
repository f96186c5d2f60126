using System.Globalization;

namespace Paddock.Samples.HelpDesk;

/// <summary>The application's own texts: English as they stand in its pages, and German.</summary>
internal static class Texts
{
    private static readonly Dictionary<string, string> German = new(StringComparer.Ordinal)
    {
        ["Dashboard"] = "Übersicht", ["Tickets"] = "Tickets", ["New ticket"] = "Neues Ticket", ["Plugins"] = "Plugins", ["Sign in"] = "Anmelden", ["Sign out"] = "Abmelden",
        ["Login"] = "Benutzer", ["Password"] = "Passwort", ["Login or password is wrong."] = "Benutzer oder Passwort ist falsch.",
        ["open"] = "offen", ["new"] = "neu", ["pending"] = "wartend", ["closed"] = "geschlossen", ["low"] = "niedrig", ["normal"] = "normal", ["high"] = "hoch", ["urgent"] = "dringend",
        ["Subject"] = "Betreff", ["Customer"] = "Kunde", ["State"] = "Status", ["Priority"] = "Priorität", ["Created"] = "Erstellt", ["Closed"] = "Geschlossen", ["Message"] = "Nachricht",
        ["all"] = "alle", ["Search"] = "Suchen", ["Newer"] = "Neuere", ["Older"] = "Ältere", ["No tickets."] = "Keine Tickets.",
        ["Answer"] = "Antwort", ["Save"] = "Speichern", ["Close ticket"] = "Ticket schließen", ["Create"] = "Anlegen",
        ["tickets are open"] = "Tickets sind offen", ["in all"] = "insgesamt", ["No plugin shows anything here."] = "Kein Plugin zeigt hier etwas.",
    };

    /// <summary>The text in the request's language; itself where there is none.</summary>
    public static string T(string text) => IsGerman && German.TryGetValue(text, out string? german) ? german : text;

    public static bool IsGerman => CultureInfo.CurrentUICulture.Name.StartsWith("de", StringComparison.OrdinalIgnoreCase);
}
