using System.Globalization;
using System.Text;

namespace Paddock.Packaging;

/// <summary>Writes JSON as Python's <c>json.dumps(…, sort_keys=True)</c> does: separators <c>", "</c> and <c>": "</c>, everything but plain ASCII escaped.</summary>
internal static class PythonJson
{
    public static void Write(DataNode node, StringBuilder text)
    {
        switch (node)
        {
            case DataMapping mapping:
                Join('{', '}', mapping.Entries.OrderBy(e => e.Key.Text, StringComparer.Ordinal), text, entry =>
                {
                    WriteText(entry.Key.Text, text);
                    text.Append(": ");
                    Write(entry.Value, text);
                });
                break;
            case DataSequence sequence: Join('[', ']', sequence.Items, text, item => Write(item, text)); break;
            case DataScalar { Plain: true } plain: text.Append(plain.Text); break;
            case DataScalar scalar: WriteText(scalar.Text, text); break;
        }
    }

    private static void Join<T>(char open, char close, IEnumerable<T> items, StringBuilder text, Action<T> write)
    {
        text.Append(open);
        bool first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            write(item);
        }

        text.Append(close);
    }

    private static void WriteText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                >= ' ' and <= '~' => text.Append(c),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }

        text.Append('"');
    }
}
