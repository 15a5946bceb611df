namespace Fogbank.Engines.Oci.Warden;

/// <summary>The user that a container runs as.</summary>
/// <param name="Uid">User number.</param>
/// <param name="Gid">Primary group's number.</param>
/// <param name="Groups">All its groups, the primary one too: a process must not gain rights by leaving it.</param>
/// <param name="Home">Home folder, or null where the image does not know the user.</param>
internal sealed record ImageUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string? Home)
{
    /// <summary>Finds <c>user[:group]</c>, each by name or number, as the image has them; empty is root.</summary>
    /// <param name="text">What the spec says.</param>
    /// <param name="passwd">The image's <c>/etc/passwd</c>, or empty.</param>
    /// <param name="group">The image's <c>/etc/group</c>, or empty.</param>
    /// <exception cref="EngineException">Of kind <see cref="EngineErrorKind.UserNotFound"/>.</exception>
    internal static ImageUser Find(string text, string passwd, string group)
    {
        var (name, groupName) = text.Split(':', 2) is [var first, var second] ? (first, second) : (text, "");
        name = name.Length == 0 ? "0" : name;
        uint uid, gid;
        string? home = null;
        IReadOnlyList<uint> groups = [];
        // A number that is also a name is a name, as everywhere.
        if ((Lines(passwd, 7).FirstOrDefault(fields => fields[0] == name)
                ?? Lines(passwd, 7).FirstOrDefault(fields => fields[2] == name)) is { } entry
            && uint.TryParse(entry[2], out uid) && uint.TryParse(entry[3], out gid))
        {
            home = entry[5];
            groups = [.. Lines(group, 4).Where(fields => fields[3].Split(',').Contains(entry[0])).Select(fields => uint.TryParse(fields[2], out var id) ? id : 0).Where(id => id != 0)];
        }
        else if (uint.TryParse(name, out uid) && uid <= int.MaxValue)
        {
            gid = 0;
        }
        else
        {
            throw new EngineException(EngineErrorKind.UserNotFound, $"The image has no user '{name}' in its /etc/passwd.");
        }
        if (groupName.Length > 0)
        {
            if ((Lines(group, 4).FirstOrDefault(fields => fields[0] == groupName) is { } found && uint.TryParse(found[2], out gid))
                || (uint.TryParse(groupName, out gid) && gid <= int.MaxValue))
            {
                return new(uid, gid, [gid], home);
            }
            throw new EngineException(EngineErrorKind.UserNotFound, $"The image has no group '{groupName}' in its /etc/group.");
        }
        return new(uid, gid, [gid, .. groups], home);
    }

    private static IEnumerable<string[]> Lines(string text, int fields) =>
        text.Split('\n').Select(line => line.TrimEnd('\r').Split(':')).Where(line => line.Length >= fields);
}
