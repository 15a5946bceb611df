using System.Globalization;
using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Kernel.Images;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>The empty folders that a task's containers share, and where each mounts them. Pure.</summary>
internal static class VolumePlan
{
    /// <summary>Names of all volumes: those of the definition, and one for each path that an image wants a volume for.</summary>
    internal static IReadOnlyList<string> Names(TaskDefinition definition, IReadOnlyDictionary<string, ImageConfiguration> images) =>
        [.. (definition.Volumes ?? []).Select(volume => volume.Name!), .. definition.ContainerDefinitions!.SelectMany(container => OfImage(definition, container, images)).Select(mount => mount.Volume)];

    /// <summary>What a container mounts: its own, its image's, and those of the containers it takes volumes from.</summary>
    internal static IReadOnlyList<VolumeMount> Mounts(
        TaskDefinition definition, ContainerDefinition container, IReadOnlyDictionary<string, ImageConfiguration> images)
    {
        var mounts = new Dictionary<string, VolumeMount>(StringComparer.Ordinal);
        Add(container, isReadOnly: false, []);
        return [.. mounts.Values.OrderBy(mount => mount.Target, StringComparer.Ordinal)];

        void Add(ContainerDefinition from, bool isReadOnly, HashSet<string> seen)
        {
            if (!seen.Add(from.Name!))
            {
                return;
            }

            foreach (var mount in Own(from).Concat(OfImage(definition, from, images)))
            {
                mounts.TryAdd(mount.Target, mount with { ReadOnly = mount.ReadOnly || isReadOnly });
            }

            foreach (var source in from.VolumesFrom ?? [])
            {
                Add(definition.ContainerDefinitions!.First(other => other.Name == source.SourceContainer), isReadOnly || source.ReadOnly is true, seen);
            }
        }
    }

    private static IEnumerable<VolumeMount> Own(ContainerDefinition container) =>
        (container.MountPoints ?? []).Select(mount => new VolumeMount { Volume = mount.SourceVolume!, Target = mount.ContainerPath!, ReadOnly = mount.ReadOnly is true });

    private static IEnumerable<VolumeMount> OfImage(
        TaskDefinition definition, ContainerDefinition container, IReadOnlyDictionary<string, ImageConfiguration> images)
    {
        if (!images.TryGetValue(container.Name!, out var image))
        {
            yield break;
        }

        var index = definition.ContainerDefinitions!.ToList().IndexOf(container);
        for (var i = 0; i < image.Volumes.Count; i++)
        {
            var path = image.Volumes[i];
            if (path.StartsWith('/') && container.MountPoints?.Any(mount => mount.ContainerPath == path) is not true)
            {
                yield return new() { Volume = string.Create(CultureInfo.InvariantCulture, $"_image-{index}-{i}"), Target = path };
            }
        }
    }
}
