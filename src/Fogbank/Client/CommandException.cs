namespace Fogbank.Client;

/// <summary>A command cannot go on. The message says what is wrong and what to do next; it is printed without a stack trace.</summary>
internal sealed class CommandException(string message) : Exception(message);
