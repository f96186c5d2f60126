using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Paddock;

/// <summary>A head that an audit had, as it is written down elsewhere: <c>SEQUENCE:MAC</c>, the mac in lower-case hex.</summary>
/// <param name="Sequence">Sequence number of the record that was the newest.</param>
/// <param name="Mac">Its mac in hex.</param>
public sealed record AuditHead(long Sequence, string Mac)
{
    private const int MacCharacters = 64;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AuditHead? head)
    {
        head = null;
        if (text?.Split(':') is not [var sequence, { Length: MacCharacters } mac]) return false;
        if (!long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || !mac.All(char.IsAsciiHexDigitLower)) return false;
        head = new AuditHead(number, mac);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Mac}");
}
