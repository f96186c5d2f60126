namespace Paddock.Packaging;

/// <summary>Reads the permissions that a plugin asks for: <c>{ type, access, scope }</c>.</summary>
/// <param name="findings">Where findings go.</param>
/// <param name="goatKit">Whether a missing scope is read as <c>*</c>, with a warning, as GoatKit has it, instead of being an error.</param>
internal sealed class PermissionReader(ManifestFindings findings, bool goatKit = false) : NodeReader(findings)
{
    private const int Most = 50;
    private const int MostScopes = 200;

    public IReadOnlyList<Permission> Read(DataNode value)
    {
        var items = Items(value, "permissions");
        if (items.Count > Most) Findings.Report(PackageCodes.ValueInvalid, value, $"There are {items.Count} permissions.", $"{Most} are allowed.");
        return [.. items.Take(Most).Select(ReadOne).OfType<Permission>()];
    }

    private Permission? ReadOne(DataNode value)
    {
        if (Mapping(value, "a permission") is not { } permission) return null;
        foreach (var (key, _) in permission.Entries)
            if (key.Text is not ("type" or "access" or "scope")) Unknown(key, "type, access and scope");
        Require(permission, "type");
        if (permission.Find("type") is not { } typeNode || Text(typeNode, "type") is not { } name) return null;
        if (PermissionForms.Type(name) is not { } type)
        {
            // SECURITY: an unknown permission passed over here would be a request that nobody reviews.
            Findings.Report(PackageCodes.PermissionUnknown, typeNode, $"{Printable.Text(name)} is no type of permission.", $"Known are {PermissionForms.Types}.");
            return null;
        }

        var access = ReadAccess(permission, type);
        var scope = ReadScope(permission, type);
        return access == Access.None || scope.Count == 0 ? null : new Permission(type, access, scope);
    }

    private Access ReadAccess(DataMapping permission, PermissionType type)
    {
        var whole = PermissionForms.Whole(type);
        // Where there is nothing to choose, GoatKit lets any word stand there.
        if (permission.Find("access") is not { } node || (goatKit && whole == Access.Execute))
        {
            if (whole is Access.Execute or Access.Read) return whole;
            Findings.Report(PackageCodes.AccessInvalid, permission, "The permission says no access.", "Add access: read, write or readwrite.");
            return Access.None;
        }

        var read = Access.None;
        foreach (var item in node is DataSequence list ? list.Items : [node])
        {
            if (Text(item, "access") is not { } word) continue;
            var one = PermissionForms.Word(word);
            if (one is null || (one & whole) == Access.None || (word != "readwrite" && (one & ~whole) != 0))
                Findings.Report(PackageCodes.AccessInvalid, item, $"{Printable.Text(word)} is no access of this type.", Words(whole));
            else
                read |= one.Value & whole;
        }

        if (node is DataSequence { Items.Count: 0 }) Findings.Report(PackageCodes.AccessInvalid, node, "The list of accesses is empty.", Words(whole));
        return read;
    }

    private IReadOnlyList<string> ReadScope(DataMapping permission, PermissionType type)
    {
        var node = permission.Find("scope");
        if (node is null or DataSequence { Items.Count: 0 } || (goatKit && node is DataScalar { IsNull: true })) return MissingScope(node ?? permission, type);
        var scope = Entries(node, type);
        // A star among others says nothing more than a star, and hides it from whoever reads.
        if (scope.Contains("*") && scope.Count > 1)
            Findings.Report(PackageCodes.ScopeInvalid, node, "The scope has * and other items.", "Keep * alone, or leave it out.");
        if (scope.Contains("*") && type is not (PermissionType.Kv or PermissionType.Cache))
            Findings.Warn(PackageCodes.ScopeAll, node, $"The permission asks for all of {PermissionForms.Name(type)}.", "Name what it needs.");
        return scope;
    }

    private List<string> Entries(DataNode node, PermissionType type)
    {
        var items = Items(node, "scope");
        if (items.Count > MostScopes) Findings.Report(PackageCodes.ScopeInvalid, node, $"The scope has {items.Count} items.", $"{MostScopes} are allowed.");
        var read = new List<string>();
        foreach (var item in items.Take(MostScopes))
        {
            if (Text(item, "scope") is not { } entry) continue;
            if (!ScopeEntry.IsValid(type, entry) || !Printable.IsClean(entry))
                Findings.Report(PackageCodes.ScopeInvalid, item, $"{Printable.Text(entry)} will not do for the scope of {PermissionForms.Name(type)}.", $"Expected: {PermissionForms.Scope(type)}.");
            else if (read.Contains(entry))
                Findings.Report(PackageCodes.Duplicate, item, $"{Printable.Text(entry)} stands in the scope twice.");
            else
                read.Add(entry);
        }

        return read;
    }

    private IReadOnlyList<string> MissingScope(DataNode at, PermissionType type)
    {
        string name = PermissionForms.Name(type), expected = PermissionForms.Scope(type);
        if (!goatKit || type is PermissionType.Files or PermissionType.Shell)
        {
            // SECURITY: an empty scope read as "all".
            Findings.Report(PackageCodes.ScopeMissing, at, "The permission has no scope.", $"Add scope: [ … ] with {expected}.");
            return [];
        }

        if (type is PermissionType.Kv or PermissionType.Cache) return ["*"]; // All there is is the plugin's own.
        if (type != PermissionType.Email)
        {
            Findings.Warn(PackageCodes.ScopeReadAsAll, at, $"The {name} permission has no scope and is read as *. It needs explicit approval.", $"Name what it needs: {expected}.");
            return ["*"];
        }

        // Mail to everybody cannot be granted, so it cannot be asked for.
        Findings.Warn(PackageCodes.ScopeMissing, at, "The email permission has no scope and is left out.", $"Name who may be written to: {expected}.");
        return [];
    }

    private static string Words(Access whole) => whole switch
    {
        Access.Execute => "Leave access out, or write execute.",
        Access.Read => "Leave access out, or write read.",
        _ => "Expected: read, write, readwrite (all there is), or a list; for kv and files also delete.",
    };
}
