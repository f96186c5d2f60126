using System.Text;
using System.Text.RegularExpressions;

namespace Paddock.Sandbox.Container.Images;

/// <summary>A requirements.txt that names packages, versions and hashes, and nothing else.</summary>
/// <remarks>SECURITY: pip builds what is a path, a URL or a repository whatever it is told of wheels, and a build runs the package's own code; an option in the file sends it to another index.</remarks>
internal static partial class RequirementsFile
{
    /// <summary>The first line that is not of the form; null when all are.</summary>
    internal static string? Fault(ReadOnlySpan<byte> content)
    {
        string text = Encoding.UTF8.GetString(content).Replace("\\\r\n", " ", StringComparison.Ordinal).Replace("\\\n", " ", StringComparison.Ordinal);
        return text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && !l.StartsWith('#') && !Line().IsMatch(l));
    }

    // name[extras] versions ; marker --hash=… # comment. No repetition is inside another that could match the same.
    [GeneratedRegex("""\A[A-Za-z0-9][A-Za-z0-9._-]{0,100}(\[[A-Za-z0-9._, -]{1,200}\])?\s*([=<>!~][A-Za-z0-9.*+!=<>~, ]{1,200})?(;[A-Za-z0-9_.'"=<>!() ]{1,300})?(\s+--hash=sha(256|384|512):[0-9a-f]{64,128})*(\s+#.*)?\z""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Line();
}
