using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecs;

/// <summary>The errors of ECS, in AWS's words.</summary>
internal static class EcsErrors
{
    internal static AwsException ClusterNotFound() => new(EcsErrorCodes.ClusterNotFoundException, "Cluster not found.");

    internal static AwsException ClusterContainsTasks() =>
        new(EcsErrorCodes.ClusterContainsTasksException, "The Cluster cannot be deleted while Tasks are active.");

    internal static AwsException NoSuchDefinition() => Client("Unable to describe task definition.");

    internal static AwsException DefinitionNotFound() => Client("TaskDefinition not found.");

    internal static AwsException DefinitionInactive() => Client("TaskDefinition is inactive");

    internal static AwsException TaskNotFound() => Invalid("The referenced task was not found.");

    internal static AwsException ResourceNotFound() =>
        new(EcsErrorCodes.ResourceNotFoundException, "The specified resource could not be found.");

    internal static AwsException InvalidToken() => Invalid("Invalid token");

    internal static AwsException NoContainerInstances() => Invalid("No Container Instances were found in your cluster.");

    internal static AwsException TokenReused() => new(
        EcsErrorCodes.ConflictException, "The request does not match a previous request that was made with the same client token.");

    internal static AwsException CannotAssume(string role) => Client(
        $"ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.");

    internal static AwsException Client(string message) => new(EcsErrorCodes.ClientException, message);

    internal static AwsException Invalid(string message) => new(EcsErrorCodes.InvalidParameterException, message);

    /// <summary>A part of a definition that can be kept but not acted on: refused when it would be run.</summary>
    internal static AwsException NotRunnable(string setting) => Client(
        $"Fogbank does not support {setting} yet, and will not run a task without it. The task definition is kept as it is.");

    internal static AwsException NotSupported(string setting) => CommonErrors.SettingNotSupported(EcsErrorCodes.InvalidParameterException, setting);
}
