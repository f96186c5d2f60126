using System.Buffers;
using System.Text;

namespace Paddock.Packaging;

/// <summary>Whether a string is Unicode text, so that its UTF-8 form can be turned back into it.</summary>
internal static class UnicodeText
{
    public static bool IsValid(string text)
    {
        ReadOnlySpan<char> rest = text;
        int surrogate;
        while ((surrogate = rest.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0)
        {
            if (Rune.DecodeFromUtf16(rest[surrogate..], out _, out int used) != OperationStatus.Done) return false;
            rest = rest[(surrogate + used)..];
        }

        return true;
    }
}
