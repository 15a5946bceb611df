namespace Fogbank.Services.Ecs.Runtime;

/// <summary>A task or a container of it cannot be started. The message is the reason that clients read, in AWS's words.</summary>
internal sealed class TaskFailure(string reason, Exception? innerException = null) : Exception(reason, innerException);
