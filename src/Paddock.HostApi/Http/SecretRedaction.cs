using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paddock.HostApi.Http;

/// <summary>
/// Takes the secrets of a request out of its answer, should the other side echo them: as they are, and in base64, percent, hexadecimal, JSON
/// and HTML form. A host that means to hand a secret over can always do so in a form of its own: secrets belong to hosts that are trusted with them.
/// </summary>
internal sealed class SecretRedaction
{
    private const string Mark = "[secret]";
    private const int ShortestForm = 4;

    // Longest first: a form that has another one in it is taken out whole.
    private readonly List<string> _forms;

    internal SecretRedaction(IEnumerable<string> secrets) =>
        _forms = [.. secrets.SelectMany(Forms).Where(f => f.Length >= ShortestForm).Distinct(StringComparer.Ordinal).OrderByDescending(f => f.Length)];

    internal string Redact(string text)
    {
        foreach (var form in _forms) text = text.Replace(form, Mark, StringComparison.Ordinal);
        return text;
    }

    internal byte[] Redact(byte[] body)
    {
        if (!_forms.Any(f => body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(f)) >= 0)) return body;

        // Each byte as one character and back: any body survives that.
        return Encoding.Latin1.GetBytes(Redact(Encoding.Latin1.GetString(body)));
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.ASCII.GetBytes(secret);
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal);
        yield return JsonEncodedText.Encode(secret).ToString();
        yield return JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        yield return HtmlEncoder.Default.Encode(secret);
        yield return WebUtility.HtmlEncode(secret);
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexStringLower(bytes);

        // Base64 of a text with the secret anywhere in it: of each of the three ways it can lie, the characters that it alone decides.
        for (var before = 0; before < 3; before++)
        {
            var base64 = Convert.ToBase64String([.. new byte[before], .. bytes]);
            var first = (before * 8 + 5) / 6;
            var last = (before + bytes.Length) * 8 / 6;
            if (last - first < ShortestForm) continue;
            yield return base64[first..last];
            yield return base64[first..last].Replace('+', '-').Replace('/', '_');
        }
    }
}
