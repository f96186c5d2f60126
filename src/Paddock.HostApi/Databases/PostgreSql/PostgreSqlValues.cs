using System.Globalization;

namespace Paddock.HostApi.Databases;

/// <summary>Writes a value that PostgreSQL sent as text in the JSON that is documented for its type.</summary>
internal static class PostgreSqlValues
{
    private const uint Boolean = 16, Bytes = 17, Big = 20, Small = 21, Integer = 23, Oid = 26, Single = 700, Double = 701, Numeric = 1700;

    internal static void Write(RowWriter rows, uint type, string text)
    {
        switch (type)
        {
            case Boolean:
                rows.Boolean(text == "t");
                break;
            case Small or Integer or Big or Oid:
                rows.Integer(long.Parse(text, CultureInfo.InvariantCulture));
                break;
            case Single or Double:
                rows.Real(Real(text));
                break;
            case Numeric:
                WriteNumeric(rows, text);
                break;
            case Bytes when text.StartsWith("\\x", StringComparison.Ordinal):
                rows.Bytes(Convert.FromHexString(text.AsSpan(2)));
                break;
            default:
                rows.Text(text);
                break;
        }
    }

    // A number where every JSON parser reads it exactly, as with whole numbers; else text.
    private static void WriteNumeric(RowWriter rows, string text)
    {
        if (text.Contains('.')) text = text.TrimEnd('0').TrimEnd('.');
        if (text.Count(char.IsAsciiDigit) > 15 || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) rows.Text(text);
        else if (long.TryParse(text, CultureInfo.InvariantCulture, out var whole)) rows.Integer(whole);
        else rows.Real(number);
    }

    private static double Real(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
