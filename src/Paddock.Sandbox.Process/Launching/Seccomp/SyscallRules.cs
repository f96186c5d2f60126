using System.Globalization;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>The table of system calls (syscalls.txt), as one architecture and one profile see it.</summary>
/// <param name="Calls">What may be called, by number.</param>
/// <param name="Newest">The largest number that the table's author knew of.</param>
internal sealed record SyscallRules(IReadOnlyList<SyscallRule> Calls, int Newest)
{
    /// <summary>Linux 6.6: what came later is answered as an older kernel answers it.</summary>
    private const int NewestKnown = 452;

    /// <summary>Reads the table.</summary>
    /// <exception cref="PlatformNotSupportedException">There are no numbers for this architecture.</exception>
    internal static SyscallRules For(SyscallProfile profile, Architecture architecture)
    {
        using var text = new StreamReader(typeof(SyscallRules).Assembly.GetManifestResourceStream("Paddock.Sandbox.Process.syscalls.txt")!);
        return Read(text.ReadToEnd(), profile, architecture);
    }

    internal static SyscallRules Read(string table, SyscallProfile profile, Architecture architecture)
    {
        int column = architecture switch
        {
            Architecture.X64 => 1,
            Architecture.Arm64 => 2,
            _ => throw new PlatformNotSupportedException($"There is no list of system calls for {architecture}."),
        };
        var calls = new SortedDictionary<int, SyscallRule>();
        var section = default(Section);
        foreach (string line in table.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[') section = Section.Read(line);
            else if (section.AppliesTo(profile)) Add(calls, section, line, column);
        }

        return new SyscallRules([.. calls.Values], NewestKnown);
    }

    private static void Add(SortedDictionary<int, SyscallRule> calls, Section section, string line, int column)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[column] == "-") return;
        int number = int.Parse(words[column], CultureInfo.InvariantCulture);
        var rule = calls.GetValueOrDefault(number) ?? new SyscallRule(number, words[0], [], null, Always: false);
        if (section.Answer is { } answer) rule = rule with { Answer = answer };
        else if (words.Length == 3) rule = rule with { Always = true };
        else rule = rule with { When = [.. rule.When, SyscallCondition.Read(words.AsSpan(3))] };
        calls[number] = rule;
    }

    /// <summary>A heading: profiles that may make the calls below it, or the error that answers them.</summary>
    private readonly record struct Section(string[]? Profiles, int? Answer)
    {
        internal static Section Read(string line)
        {
            string[] names = line[1..line.IndexOf(']', StringComparison.Ordinal)].Split(' ');
            return names switch
            {
                ["ENOSYS"] => new Section(null, 38),
                ["EAFNOSUPPORT"] => new Section(null, 97),
                _ => new Section([.. names.Select(name => Enum.Parse<SyscallProfile>(name).ToString())], null),
            };
        }

        internal bool AppliesTo(SyscallProfile profile) =>
            Profiles is null || Profiles.Contains(profile.ToString()) || Profiles.Contains(nameof(SyscallProfile.Base));
    }
}

/// <summary>One system call.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="When">It is allowed where one of these holds.</param>
/// <param name="Answer">The error otherwise; null for EPERM.</param>
/// <param name="Always">It is allowed whatever its arguments.</param>
internal sealed record SyscallRule(int Number, string Name, IReadOnlyList<SyscallCondition> When, int? Answer, bool Always);

/// <summary>What an argument's lower 32 bits must be, for the kernel reads no more of these.</summary>
internal sealed record SyscallCondition(int Argument, uint Mask, uint Value)
{
    internal static SyscallCondition Read(ReadOnlySpan<string> words) => words switch
    {
        [var argument, "=", var value] => new(Index(argument), uint.MaxValue, Number(value)),
        [var argument, "&", var mask, "=", var value] => new(Index(argument), Number(mask), Number(value)),
        _ => throw new FormatException($"'{string.Join(' ', words)}' is no condition."),
    };

    private static int Index(string word) => word[^1] - '0';

    private static uint Number(string word) => word.StartsWith("0x", StringComparison.Ordinal)
        ? uint.Parse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : uint.Parse(word, CultureInfo.InvariantCulture);
}
