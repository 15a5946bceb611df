namespace Fogbank.Services.Ecs.Domain;

/// <summary>A family of task definitions: the numbers it has given, which are never given again, and what of it is active.</summary>
internal sealed record FamilyRecord
{
    public required string Name { get; init; }

    /// <summary>The highest revision ever registered.</summary>
    public required int LastRevision { get; init; }

    /// <summary>The highest active revision; null where none is.</summary>
    public int? ActiveRevision { get; init; }
}
