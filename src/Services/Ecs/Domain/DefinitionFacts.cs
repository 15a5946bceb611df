using Fogbank.Contracts.Ecs;
using Attribute = Fogbank.Contracts.Ecs.Attribute;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>What AWS adds to a registered definition: where it can run, and what an instance must be able to do for it.</summary>
internal static class DefinitionFacts
{
    internal static IReadOnlyList<string> Compatibilities(TaskDefinition definition) =>
        FargateRules.Broken(definition) is null ? [Compatibility.Ec2, Compatibility.Fargate]
        : definition.NetworkMode == NetworkMode.Awsvpc ? [Compatibility.Ec2]
        : [Compatibility.External, Compatibility.Ec2];

    internal static IReadOnlyList<Attribute> RequiresAttributes(TaskDefinition definition)
    {
        const string Docker = "com.amazonaws.ecs.capability.docker-remote-api.1.";
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (definition.TaskRoleArn is not null)
        {
            names.Add(definition.NetworkMode == NetworkMode.Host
                ? "com.amazonaws.ecs.capability.task-iam-role-network-host"
                : "com.amazonaws.ecs.capability.task-iam-role");
        }

        if (definition.NetworkMode == NetworkMode.Awsvpc)
        {
            names.Add("ecs.capability.task-eni");
            names.Add(Docker + "18");
        }

        if (definition.PidMode is not null || definition.IpcMode is not null)
        {
            names.Add("ecs.capability.pid-ipc-namespace-sharing");
        }

        if (definition.Volumes?.Any(volume => volume.EfsVolumeConfiguration is not null) is true)
        {
            names.Add("ecs.capability.efsAuth");
            names.Add(Docker + "25");
        }

        foreach (var container in definition.ContainerDefinitions ?? [])
        {
            Add(names, definition, container, Docker);
        }

        return [.. names.Select(name => new Attribute { Name = name })];
    }

    private static void Add(SortedSet<string> names, TaskDefinition definition, ContainerDefinition container, string docker)
    {
        if (container.LogConfiguration?.LogDriver is { } driver)
        {
            names.Add(driver == LogDriver.Awsfirelens ? "ecs.capability.logging-driver.awsfirelens" : $"com.amazonaws.ecs.capability.logging-driver.{driver}");
            names.Add(docker + "19");
            if (driver == LogDriver.Awslogs && definition.ExecutionRoleArn is not null)
            {
                names.Add("ecs.capability.execution-role-awslogs");
            }
        }

        if (FargateRules.IsEcr(container.Image ?? ""))
        {
            names.Add("com.amazonaws.ecs.capability.ecr-auth");
            names.Add(docker + "19");
            if (definition.ExecutionRoleArn is not null)
            {
                names.Add("ecs.capability.execution-role-ecr-pull");
            }
        }

        if (container.HealthCheck is not null)
        {
            names.Add("ecs.capability.container-health-check");
            names.Add(docker + "24");
        }

        if (container.DependsOn is { Count: > 0 })
        {
            names.Add("ecs.capability.container-ordering");
        }

        if (container.EnvironmentFiles is { Count: > 0 })
        {
            names.Add("ecs.capability.env-files.s3");
        }

        if (container.RestartPolicy?.Enabled is true)
        {
            names.Add("ecs.capability.container-restart-policy");
        }

        if (container.MemoryReservation is not null)
        {
            names.Add(docker + "21");
        }

        if (container.Privileged is true)
        {
            names.Add("com.amazonaws.ecs.capability.privileged-container");
        }

        foreach (var secret in container.Secrets ?? [])
        {
            names.Add(secret.ValueFrom.Contains(":secretsmanager:", StringComparison.Ordinal) ? "ecs.capability.secrets.asm.environment-variables" : "ecs.capability.secrets.ssm.environment-variables");
        }
    }
}
