namespace Fogbank.Store;

/// <summary>One numbered change of stored data. All steps of an opening run in one transaction.</summary>
/// <param name="Number">Its place in <see cref="DatabaseSchema.Steps"/>, from 1.</param>
/// <param name="What">One line for the log.</param>
public sealed record MigrationStep(int Number, string What, Action<IMigration> Apply);
