/// What the field calls things, and the names that they have here.
///
/// Used where a name is unknown and where help is searched, so that somebody who comes from another program finds what is meant.
enum Glossary {
    static let synonyms: [String: [String]] = [
        // Kinematics
        "forward": ["fk"], "forward_kinematics": ["fk"], "fkine": ["fk"], "forward kinematics": ["fk"],
        "inverse_kinematics": ["ik"], "ikine": ["ik"], "inverse kinematics": ["ik", "solve"], "solution": ["ik", "solve"],
        "jacob0": ["jacobian"], "jacobe": ["jacobian"], "jac": ["jacobian"],
        "limits": ["joints"], "joint_limits": ["joints"], "qlim": ["joints"], "links": ["joints"], "joint_names": ["joints"],
        "n": ["dof"], "ndof": ["dof"], "nq": ["dof"], "degrees of freedom": ["dof"], "degrees_of_freedom": ["dof"],
        "end_effector": ["tip"], "ee": ["tip"], "ee_link": ["tip"], "flange": ["tip"], "tool": ["tip"], "end effector": ["tip"],
        "random_configuration": ["random"], "qrandom": ["random"], "randq": ["random"],
        "trajectory": ["track", "path"], "follow": ["track"], "path": ["track"], "redundancy": ["null space", "near", "sample"],
        "null space": ["split", "sample", "reference"], "self-motion": ["sample", "reference"],
        "center_of_mass": ["com"], "centre_of_mass": ["com"], "center of mass": ["com"],
        // Poses
        "xyz": ["position"], "translation": ["position"], "trans": ["position"], "t": ["position", "transpose"], "p": ["position"],
        "x": ["position"], "y": ["position"], "z": ["position"],
        "quat": ["quaternion"], "orientation": ["quaternion"], "rotation": ["quaternion"], "rot": ["quaternion"], "r": ["quaternion"],
        "euler": ["rpy"], "roll": ["rpy"], "pitch": ["rpy"], "yaw": ["rpy"], "homogeneous": ["matrix"], "inv": ["inverse"],
        // Answers
        "solutions": ["found", "matrix", "solve"], "count": ["found", "requested"], "length": ["found"], "n_solutions": ["found"],
        "time": ["seconds"], "error": ["position_error", "rotation_error", "position_errors"], "best": ["closest"],
        "configuration": ["q"], "configurations": ["matrix", "path"], "joints": ["q"], "qs": ["matrix"],
        // Matrices
        "transposed": ["transpose"], "shape": ["rows", "columns"], "size": ["rows", "columns"], "cols": ["columns"], "tolist": ["table"],
        // Models, mixtures
        "fit": ["train", "run"], "learn": ["train"], "iterate": ["iterations", "train"], "infer": ["predict", "solve"], "forward_pass": ["predict"], "posterior": ["predict"],
        "log_prob": ["logpdf"], "logprob": ["logpdf"], "log_density": ["logpdf"],
        "pdf": ["logpdf"], "density": ["logpdf"], "score": ["gradient", "logpdf"], "grad": ["gradient"],
        "rvs": ["sample"], "samples": ["sample"], "draw": ["sample", "random"], "rejection sampling": ["inside", "resample"],
        "means": ["means"], "mu": ["means"], "covs": ["covariances"], "sigma": ["covariances"], "pi": ["weights"],
        "num_components": ["components"], "k": ["components"], "hyperparameter": ["train", "vips"],
        "vi": ["vips"], "advi": ["vips"], "svgd": ["vips"], "mcmc": ["vips"], "hmc": ["vips"], "nuts": ["vips"], "smc": ["vips"],
        "gmm": ["mixture"], "gaussian_mixture": ["mixture"], "mog": ["mixture"], "mdn": ["model"], "flow": ["model"], "normalizing_flow": ["model"],
        "sbi": ["model"], "npe": ["model"], "snpe": ["model"], "abc": ["model"], "simulate": ["model"], "simulator": ["model"], "vae": ["model"],
        "log_likelihood": ["logpdf"], "likelihood": ["target"], "logdensity": ["target", "logpdf"], "distribution": ["target", "mixture"], "prior": ["target"],
        "nn": ["network"], "mlp": ["network"], "net": ["network"], "neural_network": ["network"], "optimize": ["train", "vips"], "optimise": ["train", "vips"],
        "variational inference": ["vips", "train"], "autoregressive": ["model", "split"], "kl": ["train", "vips"],
        // Studies, motion, files
        "study": ["experiment"], "sweep": ["experiment"], "grid": ["experiment"], "grid_search": ["experiment"], "tune": ["experiment"], "benchmark": ["experiment"],
        "planner": ["plan"], "plan_path": ["plan"], "motion_plan": ["plan"], "rrt": ["plan"], "prm": ["plan"], "ompl": ["plan"],
        "urdf": ["robot"], "mjcf": ["robot"], "arm": ["robot"], "manipulator": ["robot"], "load_robot": ["robot"], "load_model": ["model"],
        "scene": ["world"], "obstacles": ["world"], "environment": ["world"], "array": ["matrix"], "tensor": ["matrix"], "zeros": ["matrix"],
        // Drawing
        "draw_robot": ["robot"], "show": ["text", "print"], "savefig": ["save"], "export": ["save"], "png": ["svg", "save"],
    ]
}
