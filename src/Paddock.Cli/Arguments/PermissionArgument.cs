using System.Diagnostics.CodeAnalysis;

namespace Paddock.Cli;

/// <summary>A permission as written after <c>--allow</c>: <c>files:read,write=DIRECTORY</c>, <c>kv:read,write</c> or <c>kv:read=PREFIX</c>.</summary>
internal static class PermissionArgument
{
    public static bool TryParse(string text, [NotNullWhen(true)] out Permission? permission, [NotNullWhen(false)] out string? problem)
    {
        permission = null;
        string[] sides = text.Split('=', 2);
        string[] head = sides[0].Split(':', 2);
        if (head.Length != 2 || !TryAccess(head[1], out var access))
        {
            problem = $"'{text}' is no permission: write files:read=DIRECTORY, files:read,write=DIRECTORY, kv:read or kv:read,write.";
            return false;
        }

        switch (head[0])
        {
            case "files" when sides.Length == 2 && sides[1].Length > 0:
                return TryFiles(sides[1], access, out permission, out problem);
            case "files":
                problem = $"'{text}' names no directory: write files:{head[1]}=DIRECTORY.";
                return false;
            case "kv":
                permission = new Permission(PermissionType.Kv, access, [sides.Length == 2 ? sides[1] : "*"]);
                problem = null;
                return true;
            default:
                problem = $"'{head[0]}' can not be allowed: only files and kv can.";
                return false;
        }
    }

    private static bool TryFiles(string folder, Access access, [NotNullWhen(true)] out Permission? permission, [NotNullWhen(false)] out string? problem)
    {
        string full = Path.GetFullPath(folder);
        bool exists = Directory.Exists(full);
        permission = exists ? new Permission(PermissionType.Files, access, [full]) : null;
        problem = exists ? null : $"'{folder}' is no directory.";
        return exists;
    }

    private static bool TryAccess(string text, out Access access)
    {
        access = Access.None;
        foreach (string word in text.Split(','))
        {
            var one = word switch
            {
                "read" => Access.Read,
                "write" => Access.Write,
                _ => Access.None,
            };
            if (one == Access.None || access.HasFlag(one)) return false;
            access |= one;
        }

        return true;
    }
}
