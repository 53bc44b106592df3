# The image of staging and worker. What it holds is in image.sh, beside this file.
#
#   packer init ami.pkr.hcl
#   packer build -var region=eu-central-1 -var mongodb_version=6.0.5 ami.pkr.hcl

packer {
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "~> 1.3"
    }
  }
}

variable "region" {
  type        = string
  description = "The region of staging."
}

variable "mongodb_version" {
  type        = string
  description = "Production's version, as db.version() prints it."
}

source "amazon-ebs" "host" {
  region        = var.region
  instance_type = "t3.small"
  ssh_username  = "ubuntu"
  ami_name      = "understudy-mongodb-${var.mongodb_version}-{{timestamp}}"
  imds_support  = "v2.0"

  source_ami_filter {
    owners      = ["099720109477"] # Canonical
    most_recent = true
    filters = {
      name                = "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"
      virtualization-type = "hvm"
    }
  }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  launch_block_device_mappings {
    device_name           = "/dev/sda1"
    volume_type           = "gp3"
    volume_size           = 16
    encrypted             = true
    delete_on_termination = true
  }
}

build {
  sources = ["source.amazon-ebs.host"]

  provisioner "file" {
    source      = "${path.root}/image.sh"
    destination = "/tmp/image.sh"
  }

  provisioner "shell" {
    environment_vars = ["MONGODB_VERSION=${var.mongodb_version}"]
    inline = [
      "cloud-init status --wait",
      "sudo -E bash /tmp/image.sh install",
      "sudo -E bash /tmp/image.sh check",
    ]
  }
}
